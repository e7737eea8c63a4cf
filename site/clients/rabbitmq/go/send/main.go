// region: send
package main

import (
	"log"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"
)

func main() {
	connection, err := amqp.Dial(os.Getenv("MQLAB_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err != nil {
		log.Fatal(err)
	}
	if err := channel.Confirm(false); err != nil {
		log.Fatal(err)
	}
	returned := channel.NotifyReturn(make(chan amqp.Return, 1))
	message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte("Hello from Go")}
	// By the default exchange: the routing key is the queue's name. Mandatory: what no queue takes comes back.
	confirmation, err := channel.PublishWithDeferredConfirm("", "your-queue", true, false, message)
	if err != nil {
		log.Fatal(err)
	}
	if !confirmation.Wait() {
		log.Fatal("the broker has not taken the message")
	}
	select {
	case back := <-returned: // comes before the confirmation
		log.Fatal("the message came back: ", back.ReplyText)
	default:
	}
}

// endregion
