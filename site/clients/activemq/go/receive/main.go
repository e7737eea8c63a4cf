// region: receive
package main

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-stomp/stomp/v3"
)

const queue = "your-queue"

func main() {
	running, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	address, err := url.Parse(os.Getenv("MQLAB_URL"))
	if err != nil {
		log.Fatal(err)
	}
	login := stomp.ConnOpt.Login(os.Getenv("MQLAB_USER"), os.Getenv("MQLAB_PASSWORD"))
	connection, err := stomp.Dial("tcp", address.Host, login)
	if err != nil {
		log.Fatal(err)
	}
	subscription, err := connection.Subscribe("/queue/"+queue, stomp.AckClientIndividual)
	if err != nil {
		log.Fatal(err)
	}
	for {
		select {
		case message, open := <-subscription.C:
			if !open {
				log.Fatal("the connection is lost")
			}
			if message.Err != nil {
				log.Fatal(message.Err)
			}
			fmt.Println(string(message.Body))
			if err := connection.Ack(message); err != nil {
				log.Fatal(err)
			}
		case <-running.Done():
			if err := connection.Disconnect(); err != nil {
				log.Fatal(err)
			}
			return
		}
	}
}

// endregion
