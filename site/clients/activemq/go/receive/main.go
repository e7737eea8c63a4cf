// region: receive
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/Azure/go-amqp"
)

func main() {
	running, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	login := amqp.SASLTypePlain(os.Getenv("MQLAB_USER"), os.Getenv("MQLAB_PASSWORD"))
	connection, err := amqp.Dial(running, os.Getenv("MQLAB_URL"), &amqp.ConnOptions{SASLType: login})
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	session, err := connection.NewSession(running, nil)
	if err != nil {
		log.Fatal(err)
	}
	receiver, err := session.NewReceiver(running, "your-queue", nil)
	if err != nil {
		log.Fatal(err)
	}
	for {
		message, err := receiver.Receive(running, nil)
		if running.Err() != nil {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(message.Value)
		if err := receiver.AcceptMessage(context.Background(), message); err != nil {
			log.Fatal(err)
		}
	}
}

// endregion
