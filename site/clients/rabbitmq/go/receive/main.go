// region: receive
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	amqp "github.com/rabbitmq/amqp091-go"
)

func main() {
	running, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	connection, err := amqp.Dial(os.Getenv("MQLAB_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err != nil {
		log.Fatal(err)
	}
	if err := channel.Qos(10, 0, false); err != nil {
		log.Fatal(err)
	}
	// The third argument: not acknowledged by itself.
	deliveries, err := channel.ConsumeWithContext(running, "your-queue", "", false, false, false, false, nil)
	if err != nil {
		log.Fatal(err)
	}
	for delivery := range deliveries {
		fmt.Println(string(delivery.Body))
		if err := delivery.Ack(false); err != nil {
			log.Fatal(err)
		}
	}
	if running.Err() == nil {
		log.Fatal("the broker has ended the connection or the consumer")
	}
}

// endregion
